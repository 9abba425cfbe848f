import { Command, InvalidArgumentError, Option } from 'commander'
import { didYouMean } from '../functions/lib/framework/did-you-mean.ts'
import type { ExitCode } from './exit-code.ts'

export type Output = 'text' | 'json'

/** Commands whose result is findings also write SARIF. */
export type FindingsOutput = Output | 'sarif'

/** A folder to write to, instead of printing. */
export interface Folder {
  folder: string
}

const FORMATS: readonly FindingsOutput[] = ['text', 'json', 'sarif']

export const isFormat = (output: FindingsOutput | Folder): output is FindingsOutput => typeof output === 'string'

/** Formats of other programs, which nobody means as the name of a folder. */
const FOREIGN_FORMATS: readonly string[] = ['csv', 'html', 'junit', 'table', 'wide', 'xml', 'yaml', 'yml']

/** A path is a folder. A word that is close to a format, or a format of another program, is a mistake. */
function formatOrFolder(value: string): FindingsOutput | Folder {
  const format = FORMATS.find((one) => one === value)
  if (format !== undefined) return format
  const meant = value.includes('/') ? '' : didYouMean(value, FORMATS)
  if (meant === '' && value !== '' && !FOREIGN_FORMATS.includes(value)) return { folder: value }
  throw new InvalidArgumentError(`expected ${FORMATS.join(', ')}, or a folder such as ./${value}${meant}.`)
}

const imageReferences = (value: string, previous: string[]): string[] => {
  if (/\s/.test(value) || value === '') throw new InvalidArgumentError('expected an image reference.')
  return [...previous, value]
}

/** Receives the exit code of the command that ran. */
export type Finish = (exitCode: ExitCode) => void

/** A command of this program: the arguments, options and help that several commands have are said here. */
export class ProgramCommand extends Command {
  readonly #finish: Finish

  constructor(name: string, finish: Finish) {
    super(name)
    this.#finish = finish
  }

  /** The argument of commands that build one stack, or all of an environment. */
  stackOrEnvironment(): this {
    return this.argument('[dir]', 'folder with a kustomization.yaml: a stack, or an environment that lists stacks', '.')
  }

  /** `--image`, for every command that builds. */
  imageOption(): this {
    return this.addOption(
      new Option(
        '--image <reference>',
        'an image that counts as the functions’ own, such as a mirrored copy; repeatable; also KRM_HARDENING_IMAGE',
      )
        .argParser(imageReferences)
        .default([], 'the published image'),
    )
  }

  /** `--output`, for every command. */
  outputOption(text: string): this {
    return this.addOption(
      new Option('-o, --output <format>', `text (${text}) or json, for machines`)
        .choices(['text', 'json'])
        .default('text'),
    )
  }

  /** `--output` with SARIF, for commands that find things in files. */
  findingsOutputOption(text: string): this {
    return this.addOption(
      new Option(
        '-o, --output <format>',
        `text (${text}), json for machines, or sarif for findings at their files in a pull request`,
      )
        .choices(['text', 'json', 'sarif'])
        .default('text'),
    )
  }

  /** `--output` of a command that also writes into a folder. */
  findingsOrFolderOption(text: string): this {
    return this.addOption(
      new Option(
        '-o, --output <format or folder>',
        `text (${text}), json for machines, sarif for findings at their files in a pull request, or a folder to write to`,
      )
        .argParser(formatOrFolder)
        .default('text'),
    )
  }

  /** Examples below the help: a line that says what each is for, and the command. */
  examples(...examples: readonly (readonly [what: string, line: string])[]): this {
    return this.addHelpText(
      'after',
      `\nExamples:\n${examples.map(([what, line]) => `  # ${what}\n  $ ${line}`).join('\n\n')}`,
    )
  }

  /** What the command does with its arguments and options, up to its exit code. */
  runs<Given extends unknown[]>(run: (...given: Given) => Promise<ExitCode>): this {
    return this.action(async (...given: Given) => this.#finish(await run(...given)))
  }
}
