// A function under the contract of the kpt-functions SDK, in a program of the user's.
const { Configs } = require('kpt-functions')
const { kptFunctions } = require('krm-hardening')

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } } },
}
const policy = { apiVersion: 'krm-hardening.dev/v1alpha1', kind: 'SecurityContextEnforcer', metadata: { name: 'policy' }, spec: {} }
const configs = new Configs([deployment], policy)
kptFunctions.SecurityContextEnforcer(configs).then(() => {
  process.stdout.write(JSON.stringify({ objects: configs.getAll(), results: configs.getResults() }))
})
