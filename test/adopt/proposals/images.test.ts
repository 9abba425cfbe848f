import { found, workload } from './lib.ts'

test('images with a digest, and strings that are no image, need no entry in images.yaml', async () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const images = ['nginx', `redis@${digest}`, 'example/app:$(TAG)', 'docker.io/library/nginx:1.27', 'Not An Image']
  const containers = images.map((image, index) => `{name: c${index}, image: "${image}"}`).join(', ')
  const { images: unpinned } = await found(workload('web', `{containers: [${containers}]}`))
  expect(unpinned).toEqual(['docker.io/library/nginx:1.27', 'example/app:$(TAG)', 'nginx'])
})
