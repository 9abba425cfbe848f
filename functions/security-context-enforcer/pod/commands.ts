import type { ContainerView } from './view.ts'

/** What a program needs that a hardened container does not have, although a plain one does. */
export interface Need {
  program: string
  /** Capabilities that root has by default. */
  capabilities: readonly string[]
  /** Does it change files of the image? */
  changesImage: boolean
}

const SWITCHES_USER = ['su', 'gosu', 'su-exec', 'runuser', 'setpriv']
const INSTALLS = ['apk', 'apt', 'apt-get', 'dnf', 'microdnf', 'yum', 'zypper']
const MAKES_USERS = ['addgroup', 'adduser', 'groupadd', 'useradd', 'usermod']

/** Programs that work for root alone. Source: capabilities(7), and the files that they write. */
const NEEDS: ReadonlyMap<string, Need> = new Map(
  [
    ...['chown', 'chgrp'].map((program) => ({ program, capabilities: ['CHOWN'], changesImage: false })),
    ...SWITCHES_USER.map((program) => ({ program, capabilities: ['SETUID', 'SETGID'], changesImage: false })),
    ...[...INSTALLS, ...MAKES_USERS].map((program) => ({ program, capabilities: [], changesImage: true })),
  ].map((need) => [need.program, need]),
)

/** A command of a shell: at the start or behind a separator, behind words such as `then`, its program with or without a folder. */
const COMMAND =
  /(?:^|[;&|({\n])\s*(?:(?:if|while|then|do|else|exec|xargs|!)\s+)*(?:\/[\w./-]*\/)?([\w-]+)(?=[\s;&|)]|$)/g

/** The programs that work for root alone and that a container's command runs, each once. */
export function needsOfRoot({ fields: { command, args } }: ContainerView): Need[] {
  const words = [...texts(command), ...texts(args).filter(isScript)]
  const programs = words
    .filter((word, index) => index === 0 || isScript(word))
    .flatMap((word) => [...word.matchAll(COMMAND)].map(([, program = '']) => program))
  return [...new Set(programs)].flatMap((program) => NEEDS.get(program) ?? [])
}

const texts = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : []

/** An argument of several words may be a script; of one word it is an argument of the program in front. */
const isScript = (argument: string): boolean => /\s/.test(argument)
