import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { needsOfRoot } from '../../functions/security-context-enforcer/pod/commands.ts'
import { containerView } from '../../functions/security-context-enforcer/pod/view.ts'
import { container, deployment, harden, warnings } from './harden.ts'

const programs = (fields: Fields): string[] =>
  needsOfRoot(containerView({ name: 'app', ...fields }, [])).map(({ program }) => program)

const script = (text: string): Fields => ({ command: ['sh', '-c', text] })

describe('the programs of a command that work for root alone', () => {
  test.each<[string, Fields, string[]]>([
    ['the program itself', { command: ['chown', '-R', '1000', '/data'] }, ['chown']],
    ['with its folder', { command: ['/bin/chown', '1000', '/data'] }, ['chown']],
    ['in a script', script('mkdir -p /data && chown 1000 /data'), ['chown']],
    ['in a script of several lines', script(['set -e', 'apk add curl', 'curl shop'].join('\n')), ['apk']],
    ['behind a pipe', script('find /data -user 0 | xargs chown 1000'), ['chown']],
    ['in a script of args', { command: ['sh', '-c'], args: ['if true; then chgrp 7 /data; fi'] }, ['chgrp']],
    ['behind exec', script('exec gosu app serve'), ['gosu']],
    ['each once', script('chown 1 /a; chown 2 /b; (chgrp 3 /c)'), ['chown', 'chgrp']],
    ['an argument is none', { command: ['echo', 'chown'] }, []],
    ['a word of a script is none', script('echo chown is not run; grep chown /log'), []],
    ['a longer word is none', script('chown-later /data; my-apk add'), []],
    ['an argument of the image’s own program is none', { args: ['chown'] }, []],
    ['no command', {}, []],
  ])('%s', (_, fields, expected) => {
    expect(programs(fields)).toEqual(expected)
  })
})

describe('a command that works for root alone is said', () => {
  const running = (text: string, securityContext?: Fields, pod: Fields = {}) =>
    deployment({ ...pod, containers: [container('app', securityContext, script(text))] })
  const root = { omit: ['runAsUser', 'runAsNonRoot'], reason: 'because' }
  const CHOWN = 'command-needs-root spec.containers[0]'
  const APK = 'command-changes-image spec.containers[0]'

  test.each<[string, Fields | undefined, Fields, string[]]>([
    ['as the default user', undefined, {}, [CHOWN]],
    ['as root without the capability', { runAsUser: 0 }, root, [CHOWN]],
    ['as root with the capability: no', { runAsUser: 0 }, { ...root, addCapabilities: ['CHOWN'] }, []],
    ['as root that keeps its capabilities: no', undefined, { ...root, omit: [...root.omit, 'capabilities'] }, []],
    ['as a user of the policy', undefined, { runAsUser: 999 }, [CHOWN]],
    ['as a user of the manifest, as before: no', { runAsUser: 999 }, {}, []],
    ['as a user that the image says is not root: no', { runAsNonRoot: true }, {}, []],
    ['in a privileged container: no', { runAsUser: 0 }, { ...root, privileged: true }, []],
  ])('%s', (_, securityContext, app, expected) => {
    const found = warnings(harden([running('chown 1 /a', securityContext)], { containers: { app } }))
    expect(found.filter((id) => id.startsWith('command-'))).toEqual(expected)
  })

  test.each<[string, Fields, string[]]>([
    ['with a root file system that is read-only', {}, [APK]],
    ['as root, with one that is read-only', root, [APK]],
    ['as root, with one that is writable: no', { ...root, readOnlyRootFilesystem: false }, []],
  ])('%s, if it changes the image', (_, app, expected) => {
    const found = warnings(harden([running('apk add curl')], { containers: { app } }))
    expect(found.filter((id) => id.startsWith('command-'))).toEqual(expected)
  })

  test('at level restricted only, and not on Windows', () => {
    expect(harden([running('chown 1 /a')], { level: 'baseline' })).toEqual([])
    expect(warnings(harden([running('chown 1 /a', undefined, { os: { name: 'windows' } })]))).toEqual([])
  })

  test('without the words of the command', () => {
    const messages = harden([running('chown 1 /secret/place')]).map(({ message }) => message)
    expect(messages.join(' ')).not.toContain('secret')
  })
})
