import { basename } from 'node:path'
import { type Application, applications, pathOf, renderFrom, watchedBy } from '../../stacks/lib/applications.ts'
import { rendered } from '../../support/stacks.ts'

test.each(applications.map((one) => [pathOf(one), one] as const))(
  '%s watches every folder that its build reads',
  (path, application) => {
    expect(renderFrom(path, watchedBy(application))).toBe(rendered(path.replace('overlays/', '')))
  },
)

/** Each stack's Applications of all environments, under each folder that they watch. */
const watched = new Map<string, Application[]>()
for (const application of applications)
  for (const folder of watchedBy(application).filter((name) => name !== '.')) {
    const key = `${application.metadata.name} ${folder}`
    watched.set(key, [...(watched.get(key) ?? []), application])
  }

test.each([...watched])('%s is watched, and without it at least one environment does not build', (key, watching) => {
  const [, folder = ''] = key.split(' ')
  const builds = (application: Application): boolean => {
    try {
      renderFrom(
        pathOf(application),
        watchedBy(application).filter((other) => other !== folder),
      )
      return true
    } catch (cause) {
      expect((cause as Error).message).toContain(basename(folder))
      return false
    }
  }
  expect(watching.every(builds)).toBe(false)
})
