import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { mimirObjects, mimirStacks } from './lib/mimir.ts'
import { fileAt, mountedFiles, workload } from './lib/pod.ts'
import { complaint, program } from './lib/program.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alertmanager-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const write = (text: string): string => {
  const path = join(folder, 'alertmanager.yaml')
  writeFileSync(path, text)
  return path
}

describe.each(mimirStacks)('the fallback Alertmanager configuration of %s', (stack) => {
  const objects = mimirObjects(stack)
  const mounted = mountedFiles(objects, workload(objects, 'mimir-alertmanager'))
  const config = fileAt(mounted, parse(fileAt(mounted, '/mnt/mimir.yaml')).alertmanager.fallback_config_file)

  test('passes amtool', () => {
    expect(complaint(program('amtool'), ['check-config', write(config)])).toBeUndefined()
  })

  test.each(['critical', 'warning'])('sends an alert of severity %s to the handler and to the channel', (severity) => {
    const file = `--config.file=${write(config)}`
    const receivers = '--verify.receivers=alerthandler,mattermost'
    const args = ['config', 'routes', 'test', file, receivers, 'alertname=Any', `severity=${severity}`]
    expect(complaint(program('amtool'), args)).toBeUndefined()
  })

  test('would not pass with a route to a receiver that is not there', () => {
    const misspelt = write(config.replaceAll('receiver: mattermost', 'receiver: mattermots'))
    expect(complaint(program('amtool'), ['check-config', misspelt])).toContain('undefined receiver "mattermots"')
  })
})
