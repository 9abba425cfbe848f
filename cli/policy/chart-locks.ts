import { readFileSync } from 'node:fs'
import { isChartLock, mentionsChartLock } from '../../functions/lib/charts/chart-lock.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import { readObjects } from '../read-objects.ts'
import { resourceGraph } from '../tree/graph.ts'

/** The ChartLocks of a stack: Kustomize leaves local objects out of what it builds. */
export const chartLocksOf = (folder: string): KubernetesObject[] =>
  resourceGraph([folder]).files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return mentionsChartLock(text) ? readObjects(text, display(file)).filter(isChartLock) : []
  })
