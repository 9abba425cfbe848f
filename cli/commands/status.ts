import { type Finish, ProgramCommand } from '../command.ts'
import { type ExitCode, Failure } from '../exit-code.ts'
import type { StatusOptions } from '../status/show.ts'

export function statusCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('status', finish)
    .summary('say why a cluster with Flux is not healthy')
    .description(
      'Reads the objects of Flux in a cluster, its workloads, pods, volumes and nodes, and prints what is not ready, suspended or stalled: the root causes first, below each what follows from it. Changes nothing, and reads no Secret.',
    )
    .option('--kubeconfig <file>', 'otherwise KUBECONFIG, ~/.kube/config, or the account of the pod that it runs in')
    .option('--context <name>', 'context of the kubeconfig; otherwise its current one')
    .option('-n, --namespace <names...>', 'only these namespaces; otherwise all')
    .option('-w, --watch', 'draw it again whenever it changes')
    .outputOption('the chains of causes')
    .addHelpText(
      'after',
      `
It ends with 0 if all is healthy, with 1 if something is not, and with 2 if the cluster cannot be asked, or if nothing
unhealthy was found and something may not be read.`,
    )
    .examples(
      ['why an app is not there', 'krm-hardening status'],
      ['during a rollout', 'krm-hardening status --watch --namespace media'],
      ['in a script', 'krm-hardening status -o json --context production'],
    )
    .runs(status)
}

async function status(options: StatusOptions): Promise<ExitCode> {
  const { connect } = await loadClient()
  const { show, watch } = await import('../status/show.ts')
  const cluster = unlessUnusable(() => connect(options))
  return options.watch ? watch(cluster, options) : show(cluster, options)
}

/** It is a bundle of its own, which an image for rendering leaves out. */
async function loadClient(): Promise<typeof import('../status/cluster.ts')> {
  try {
    return await import('../status/cluster.ts')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new Failure('cluster.cjs is not next to this program, as it is in the package', undefined, { cause })
  }
}

function unlessUnusable<T>(act: () => T): T {
  try {
    return act()
  } catch (cause) {
    throw new Failure((cause as Error).message, undefined, { cause })
  }
}
