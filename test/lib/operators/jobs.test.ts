import { describe, expect, test } from '@jest/globals'
import { calls, needy, numbers, podsOf } from './pods.ts'

describe('pods of a FlinkDeployment', () => {
  const of = (spec: Record<string, unknown>) => podsOf('flink.apache.org/v1beta1', 'FlinkDeployment', spec)

  test('are those that lead, and those that run tasks and exchange data on any port', () => {
    const [leaders, tasks] = of({})
    expect(leaders).toMatchObject({ labels: { app: 'x', component: 'jobmanager' }, members: [8081, 6123, 6124] })
    expect(leaders?.services).toEqual({ 'x-rest': { 8081: 8081 }, x: { 6123: 6123, 6124: 6124 } })
    expect(tasks?.ports).toEqual([
      { name: 'taskmanager-rpc', port: 6122 },
      { port: 1024, endPort: 65535 },
    ])
    expect(tasks?.members).toEqual([6122, 1024])
  })

  test('listen where the configuration says', () => {
    const flinkConfiguration = {
      'rest.port': '8082',
      'taskmanager.data.port': '6121',
      'metrics.internal.query-service.port': '6120',
    }
    expect(numbers(of({ flinkConfiguration }))).toEqual([
      ['x', [8082, 6123, 6124]],
      ['x-taskmanager', [6122, 6121, 6120]],
    ])
  })

  test.each([
    [{}, ['x']],
    [{ mode: 'standalone' }, []],
    [{ flinkConfiguration: { 'high-availability.type': 'kubernetes' } }, ['x', 'x-taskmanager']],
    [{ mode: 'standalone', flinkConfiguration: { 'high-availability': 'KUBERNETES' } }, ['x', 'x-taskmanager']],
  ])('with %j call the API server: %j', (spec, names) => {
    expect(needy(of(spec))).toEqual(names)
  })
})

describe('pods of a SparkApplication', () => {
  const of = (spec: Record<string, unknown>) => podsOf('sparkoperator.k8s.io/v1beta2', 'SparkApplication', spec)

  test('are a driver, which makes the executors, and those, which give their blocks on any port', () => {
    expect(numbers(of({}))).toEqual([
      ['x-driver', [7078, 7079, 4040]],
      ['x-executor', [1024]],
    ])
    expect(needy(of({}))).toEqual(['x-driver'])
    expect(of({})[1]).toMatchObject({
      labels: { 'sparkoperator.k8s.io/app-name': 'x', 'spark-role': 'executor' },
      ports: [{ port: 1024, endPort: 65535 }],
    })
  })

  test('listen where the configuration says, and are scraped if they are to be', () => {
    const sparkConf = { 'spark.ui.port': '4045', 'spark.blockManager.port': '7080' }
    expect(numbers(of({ sparkConf, monitoring: { prometheus: {} } }))).toEqual([
      ['x-driver', [7078, 7080, 4045, 8090]],
      ['x-executor', [7080, 8090]],
    ])
  })

  test('have the account and the labels that the object gives them', () => {
    const [driver] = of({ driver: { serviceAccount: 'spark', labels: { team: 'a' } } })
    expect(driver).toMatchObject({ serviceAccount: 'spark', furtherLabels: { team: 'a' } })
  })
})

describe('pods of Argo Workflows', () => {
  const of = (kind: string, spec: Record<string, unknown>) => podsOf('argoproj.io/v1alpha1', kind, spec)

  test('of a Workflow carry its name and report to the API server', () => {
    expect(of('Workflow', { serviceAccountName: 'runner' })).toMatchObject([
      { labels: { 'workflows.argoproj.io/workflow': 'x' }, ports: [], serviceAccount: 'runner', needsApiServer: true },
    ])
  })

  test('of a CronWorkflow are known by the labels that it gives them, else as pods that run', () => {
    const podMetadata = { labels: { job: 'nightly' } }
    expect(of('CronWorkflow', { workflowSpec: { podMetadata } })[0]?.labels).toEqual({ job: 'nightly' })
    expect(of('CronWorkflow', {})[0]?.labels).toEqual({ 'workflows.argoproj.io/completed': 'false' })
  })

  test('listen on the ports of their templates', () => {
    const templates = [
      { container: { ports: [{ containerPort: 8086 }] }, sidecars: [{ ports: [{ name: 'db', containerPort: 5432 }] }] },
      { script: {} },
    ]
    expect(numbers(of('Workflow', { templates }))).toEqual([['x', [8086, 5432]]])
  })
})

describe('pods of a Keycloak', () => {
  const of = (spec: Record<string, unknown>) => podsOf('k8s.keycloak.org/v2alpha1', 'Keycloak', spec)

  test.each([
    [{}, [8080, 9000, 7800, 57800]],
    [{ http: { tlsSecret: 's' } }, [8443, 9000, 7800, 57800]],
    [{ http: { tlsSecret: 's', httpEnabled: true, httpPort: 8180 } }, [8180, 8443, 9000, 7800, 57800]],
    [{ httpManagement: { port: 9001 } }, [8080, 9001, 7800, 57800]],
  ])('with %j listen on %j', (spec, ports) => {
    expect(numbers(of(spec))).toEqual([['x', ports]])
    expect(of(spec)[0]?.members).toEqual([7800, 57800])
  })

  test.each([
    [{ vendor: 'postgres', host: 'orders-rw' }, ['ns/orders-rw:5432']],
    [{ vendor: 'mariadb', host: 'db.data.svc.cluster.local', port: 3307 }, ['data/db:3307']],
    [{ vendor: 'dev-file' }, []],
    [{ vendor: 'postgres', host: 'db.example.com' }, []],
  ])('with the database %j call %j', (db, called) => {
    expect(calls(of({ db }))).toEqual(called)
  })
})
