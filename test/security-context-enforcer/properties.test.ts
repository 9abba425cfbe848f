import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { runSteps } from '../../functions/lib/runner/steps.ts'
import { LEVELS } from '../../functions/security-context-enforcer/checks/levels.ts'
import { securityContextEnforcer } from '../../functions/security-context-enforcer/function.ts'
import fc, { runs } from '../support/fast-check.ts'
import { deployment, errors, failures, harden, level, namespace, view } from './harden.ts'

// Pods of every shape that the API decodes. Many of them cannot be fixed.

const record = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Fields> =>
  fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Fields>
const rarely = <T>(value: T, other: T) => fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, fc.constant(other))
const boolean = fc.constantFrom(true, false, null)
const profile = fc.oneof(
  record({ type: fc.constantFrom('RuntimeDefault', 'Localhost', 'Unconfined', '', null) }),
  fc.constant(null),
)
const capability = fc.constantFrom('NET_BIND_SERVICE', 'NET_BIND_SERVICE', 'CHOWN', 'CAP_SYS_ADMIN', 'SYS_ADMIN')

const shared = {
  runAsUser: fc.constantFrom(1000, 1000, 0, null),
  runAsNonRoot: boolean,
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: record({
    type: rarely('container_t', 'spc_t'),
    user: rarely('system_u', 'root_u'),
    role: rarely('system_r', 'object_r'),
  }),
  windowsOptions: record({
    hostProcess: rarely<unknown>(false, true),
    runAsUserName: rarely('ContainerUser', 'ContainerAdministrator'),
  }),
}
const podContext = record({
  ...shared,
  fsGroup: fc.constantFrom(1000, null),
  sysctls: fc.array(fc.record({ name: rarely('net.ipv4.tcp_syncookies', 'kernel.msgmax') })),
})
const containerContext = record({
  ...shared,
  privileged: rarely<unknown>(false, true),
  allowPrivilegeEscalation: boolean,
  readOnlyRootFilesystem: boolean,
  procMount: rarely<unknown>('Default', 'Unmasked'),
  capabilities: fc.oneof(
    record({
      add: fc.oneof(fc.array(capability, { maxLength: 2 }), fc.constant(null)),
      drop: fc.constantFrom(['ALL'], ['all'], [], ['NET_RAW', 'ALL'], null),
    }),
    fc.constant(null),
  ),
})
const containers = (prefix: string, minLength: number) =>
  fc
    .array(
      record({
        securityContext: containerContext,
        ports: fc.array(record({ hostPort: rarely(0, 80) }), { maxLength: 1 }),
        volumeMounts: fc.array(
          record({
            name: fc.constantFrom('a', 'b', 'c', 'd', 'data'),
            mountPath: fc.constantFrom('/tmp', '/var', '/var/tmp'),
            readOnly: rarely<unknown>(false, true),
          }).map((mount) => ({ name: 'a', ...mount })),
          { maxLength: 2 },
        ),
      }),
      { minLength, maxLength: 2 },
    )
    .map((list) => list.map((fields, index) => ({ ...fields, name: `${prefix}${index}`, image: 'a' })))
const pods: fc.Arbitrary<KubernetesObject> = fc
  .tuple(
    record({
      hostNetwork: fc.oneof(
        { weight: 9, arbitrary: fc.constant<unknown>(false) },
        fc.constantFrom<unknown>(true, '${HOST_NETWORK:=true}', '${HOST_NETWORK:=false}', '$(HOST_NETWORK)'),
      ),
      hostUsers: boolean,
      os: fc.constantFrom({ name: 'linux' }, { name: 'windows' }, null),
      serviceAccountName: fc.constant('cart'),
      securityContext: podContext,
      initContainers: containers('init', 0),
      volumes: fc.subarray<Fields>([
        { name: 'a', emptyDir: {} },
        { name: 'b' },
        { name: 'c', secret: { secretName: 'c', defaultMode: 0o400 } },
        { name: 'd', persistentVolumeClaim: { claimName: 'd' } },
      ]),
    }),
    containers('app', 1),
    record({
      'container.apparmor.security.beta.kubernetes.io/app0': fc.constantFrom('unconfined', 'runtime/default'),
      'seccomp.security.alpha.kubernetes.io/pod': fc.constantFrom('unconfined', 'runtime/default'),
    }),
  )
  .map(([spec, list, annotations]) => deployment({ ...spec, containers: list }, annotations))

const reason = fc.constant('because')
const settings = record({
  level: fc.constantFrom('restricted', 'baseline'),
  version: fc.constantFrom('latest', 'v1.25', 'v1.34', 'v1.35'),
  runAsUser: fc.constantFrom(1000, 'off'),
  fsGroup: fc.constantFrom(1000, 'off'),
  fsGroupChangePolicy: fc.constantFrom('OnRootMismatch', 'Always'),
  automountServiceAccountToken: fc.constantFrom('all', 'serving', 'bound', 'none'),
  workloads: record({
    cart: record({ runAsUser: fc.constantFrom(1000, 'off'), fsGroup: fc.constantFrom(2000, 'off') }),
  }),
})
const policies = fc
  .tuple(
    settings,
    record({
      app0: fc.record(
        {
          reason,
          runAsUser: fc.constantFrom<unknown>(1000, 'off'),
          privileged: fc.boolean(),
          addCapabilities: fc.array(fc.constantFrom('CHOWN', 'SYS_ADMIN'), { maxLength: 1 }),
          writable: fc.constantFrom(['/tmp'], { '/tmp': { sizeLimit: '1Gi' }, '/var/tmp': { disk: true } }),
        },
        { requiredKeys: ['reason'] },
      ),
      app1: fc.record({ reason, omit: fc.subarray(['runAsUser', 'runAsNonRoot', 'capabilities', 'seccompProfile']) }),
    }),
    record({
      cart: record({
        privileged: reason,
        runAsUser: reason,
        hostNamespaces: reason,
        capabilities: reason,
        runAsNonRoot: reason,
      }),
    }),
  )
  .map(([spec, overrides, exceptions]) => ({ ...spec, containers: overrides, exceptions }))

const RUNS = { numRuns: runs(80) }

test('an object that is refused is as it was', () => {
  let refused = 0
  fc.assert(
    fc.property(pods, policies, (pod, policy) => {
      const before = structuredClone(pod)
      if (errors(harden([pod], policy)).length === 0) return
      refused++
      expect(pod).toEqual(before)
    }),
    RUNS,
  )
  expect(refused).toBeGreaterThan(RUNS.numRuns / 10)
})

test('without exceptions, an object that is not refused meets the level, and nothing in it is bad any more', () => {
  let accepted = 0
  fc.assert(
    fc.property(pods, settings, (pod, spec) => {
      if (errors(harden([pod], spec)).length > 0) return
      accepted++
      const asked = spec.level === 'baseline' ? 'baseline' : 'restricted'
      expect(failures(pod, asked, String(spec.version ?? 'latest'))).toEqual([])
      expect(harden([pod], spec).filter(({ tags }) => tags?.check !== undefined)).toEqual([])
    }),
    RUNS,
  )
  expect(accepted).toBeGreaterThan(RUNS.numRuns / 10)
})

test('a second run changes nothing', () => {
  let accepted = 0
  fc.assert(
    fc.property(pods, policies, (pod, policy) => {
      const objects = [pod, namespace('shop')]
      if (errors(harden(objects, policy)).length > 0) return
      accepted++
      const once = structuredClone(objects)
      expect(errors(harden(objects, policy))).toEqual([])
      expect(objects).toEqual(once)
    }),
    RUNS,
  )
  expect(accepted).toBeGreaterThan(RUNS.numRuns / 10)
})

test('mutate, then validate: no error, and what mutate wrote is what validate expects', async () => {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(pods, policies, async (pod, policy) => {
      const objects = [pod, namespace('shop')]
      const step = (mode: string) => ({
        function: securityContextEnforcer,
        spec: parseConfig(securityContextEnforcer.schema, { ...policy, mode }, 'spec'),
      })
      const mutated = await runSteps(objects, [step('mutate')])
      if (mutated.reported.some(({ finding }) => finding.severity === 'error')) return
      accepted++
      const once = structuredClone(objects)
      const { reported } = await runSteps(objects, [step('validate')])
      expect(errors(reported.map(({ finding }) => finding))).toEqual([])
      expect(objects).toEqual(once)
    }),
    RUNS,
  )
  expect(accepted).toBeGreaterThan(RUNS.numRuns / 10)
})

test('a container keeps what is omitted, be it its own or of its pod, and none becomes root that must not be', () => {
  const INHERITED = ['runAsUser', 'runAsNonRoot', 'seccompProfile'] as const
  const effective = (pod: KubernetesObject, field: string): unknown[] =>
    view(pod).containers.map(
      ({ securityContext }) => (securityContext as Fields)[field] ?? (view(pod).securityContext as Fields)[field],
    )
  const contradicts = (pod: KubernetesObject): boolean[] => {
    const [users, nonRoot] = [effective(pod, 'runAsUser'), effective(pod, 'runAsNonRoot')]
    // Windows has no such user.
    return users.map((user, index) => user === 0 && nonRoot[index] === true && !view(pod).isWindows)
  }
  let accepted = 0
  fc.assert(
    fc.property(pods, policies, (pod, policy) => {
      const before = structuredClone(pod)
      if (errors(harden([pod], policy)).length > 0) return
      accepted++
      const index = view(pod).containers.findIndex(({ name }) => name === 'app1')
      const { app1 } = policy.containers as { app1?: { omit: string[] } }
      for (const field of INHERITED.filter((inherited) => app1?.omit.includes(inherited)))
        expect(effective(pod, field)[index]).toEqual(effective(before, field)[index])
      const was = contradicts(before)
      expect(contradicts(pod).filter((now, index) => now && !was[index])).toEqual([])
    }),
    RUNS,
  )
  expect(accepted).toBeGreaterThan(RUNS.numRuns / 10)
})

test('a namespace enforces the laxest level of its pods, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(pods, { minLength: 1, maxLength: 3 }), (members) => {
      const named = members.map((pod, index) => ({ ...pod, metadata: { name: `pod-${index}`, namespace: 'shop' } }))
      const reversed = structuredClone(named).reverse()
      const label = (objects: KubernetesObject[]): string | undefined => {
        const shop = namespace('shop')
        const findings = harden([shop, ...objects], { level: 'baseline' })
        return errors(findings).length > 0 ? undefined : shop.metadata.labels?.['pod-security.kubernetes.io/enforce']
      }
      const enforced = label(named)
      expect(label(reversed)).toBe(enforced)
      if (enforced === undefined) return
      const laxest = Math.min(...named.map((pod) => LEVELS.indexOf(level(pod))))
      expect(enforced).toBe(LEVELS[laxest])
    }),
    { numRuns: runs(40) },
  )
})
