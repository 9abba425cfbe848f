import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFECTS } from '../../../cli/flux/lib/defects.ts'
import { committed, flux, found, git, homelab, RELEASE } from '../../../cli/flux/lib/homelab.ts'
import { edit } from '../../../cli/lib/command-line.ts'

describe('krm-hardening flux', () => {
  test('repairs what is safe in the files, and then passes', async () => {
    const safe = ['api-version', 'interval-tier', 'prune', 'retries-finite', 'timeout']
    const root = homelab(...safe.flatMap((rule) => DEFECTS[rule]?.edits ?? []), [
      'apps/network/external/ks.yaml',
      'wait: true',
      'wait: false # the way in',
    ])
    const { exitCode, stdout, stderr } = await flux(['--fix'], root)
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/: 0 errors, 0 warnings, 0 notes$/m)])
    expect(stderr).toContain(`repaired ${RELEASE}`)
    expect(readFileSync(join(root, 'apps/network/external/ks.yaml'), 'utf8')).toContain('wait: true # the way in')
    expect(await found(root)).toEqual([])
    // Variables stay as they are.
    expect(readFileSync(join(root, 'apps/web/echo/app/ingress.yaml'), 'utf8')).toContain('${DOMAIN}')
  })

  test('checks what is staged, whatever else is in the folder', async () => {
    const root = committed(homelab())
    edit(join(root, RELEASE), (text) => text.replace('4.0.1', '4.x'))
    expect((await flux(['--staged'], root)).exitCode).toBe(0)
    git(root, 'add', '--all')
    expect((await flux(['--staged'], root)).exitCode).toBe(1)
  })
})
