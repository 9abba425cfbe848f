import { Command } from 'commander'
import { version } from '../package.json'
import type { Finish } from './command.ts'
import { checkCommand } from './commands/check.ts'
import { diffCommand } from './commands/diff.ts'
import { explainCommand } from './commands/explain.ts'
import { fluxCommand } from './commands/flux.ts'
import { graphCommand } from './commands/graph.ts'
import { initCommand } from './commands/init.ts'
import { lockCommand } from './commands/lock.ts'
import { outdatedCommand } from './commands/outdated.ts'
import { renderCommand } from './commands/render.ts'
import { stacksCommand } from './commands/stacks.ts'
import { statusCommand } from './commands/status.ts'
import { verifyCommand } from './commands/verify.ts'
import { EXIT_CODES } from './exit-code.ts'

/** The command line. */
export function program(finish: Finish): Command {
  const program = new Command('krm-hardening')
    .description(
      'Hardens Kubernetes manifests that Kustomize builds, by one layered policy. Requires Kustomize, which is installed on first use if it is missing. Needs no container engine.',
    )
    .version(version)
    .addHelpText(
      'after',
      `
Start with:
  $ krm-hardening render overlays/dev          the hardened manifests of an environment
  $ krm-hardening render --diff overlays/dev   what hardening changed in them
  $ krm-hardening verify overlays/dev          proof that nothing was missed`,
    )
  for (const command of [
    initCommand,
    lockCommand,
    renderCommand,
    verifyCommand,
    checkCommand,
    diffCommand,
    graphCommand,
    stacksCommand,
    fluxCommand,
    outdatedCommand,
    statusCommand,
    explainCommand,
  ])
    program.addCommand(command(finish))
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
    command
      .addHelpText('after', `${ENVIRONMENT}${EXIT_CODES}`)
      .showHelpAfterError(`(krm-hardening ${command === program ? '' : `${command.name()} `}--help says more)`)
      .exitOverride()
  return program
}

const ENVIRONMENT = `
Environment:
  KUSTOMIZE             the kustomize to use; otherwise the one on PATH (5.3 or later), one that an earlier run
                        installed, kubectl kustomize, go install, the pinned release
  KRM_HARDENING_IMAGE   images that count as the functions' own, separated by spaces or commas
  XDG_CACHE_HOME        where an installed kustomize is kept (default ~/.cache)
  NO_COLOR              no colours`
