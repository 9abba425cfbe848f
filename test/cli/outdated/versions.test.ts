import { newestOf, type Version, versionOfChart, versionOfImage } from '../../../cli/outdated/versions/versions.ts'

const newest = (read: (text: string) => Version | undefined, current: string, ...offered: string[]) => {
  const version = read(current)
  if (!version) throw new Error(`${current} is no version`)
  return newestOf(
    version,
    offered.flatMap((text) => read(text) ?? []),
  )
}

describe('the newest version of a chart', () => {
  test.each([
    [
      'of each level',
      '1.2.3',
      ['1.2.4', '1.2.10', '1.3.0', '1.10.1', '2.0.0', '11.0.0'],
      { patch: '1.2.10', minor: '1.10.1', major: '11.0.0' },
    ],
    ['is nothing that is older, or the same', '1.2.3', ['1.2.3', '1.2.2', '1.1.9', '0.9.0'], {}],
    ['is no pre-release', '1.2.3', ['1.2.4-rc.1', '1.3.0-beta', '2.0.0-alpha.1'], {}],
    ['is the release behind a pre-release', '1.3.0-rc.1', ['1.3.0', '1.3.0-rc.2'], { patch: '1.3.0' }],
    ['keeps the prefix that it has', 'v1.2.3', ['1.2.4', 'v1.2.4', '1.2.4'], { patch: 'v1.2.4' }],
    ['has no prefix if none is there', '1.2.3', ['v1.2.4', '1.2.4'], { patch: '1.2.4' }],
    ['is written as the registry has it', '1.2.3', ['v1.3.0'], { minor: 'v1.3.0' }],
    ['is compared without its build', '1.2.3_up1', ['1.2.3_up2', '1.2.4_up1'], { patch: '1.2.4_up1' }],
    ['has three numbers', '1.2.3', ['1.4', '2', 'latest', '01.3.0', 'sha256-0123.sig'], {}],
  ])('%s', (_what, current, offered, expected) => {
    expect(newest(versionOfChart, current, ...offered)).toEqual(expected)
  })
})

describe('the newest version of an image', () => {
  test.each([
    ['has as many numbers', '1.27', ['1.27.4', '1.28', '1.28.0', '2', '2.0'], { minor: '1.28', major: '2.0' }],
    ['may have one number', '36', ['37', '36.1', '35'], { major: '37' }],
    [
      'is of the same variant',
      '1.27.3-alpine',
      ['1.27.4', '1.27.4-alpine', '1.28.0-alpine-slim'],
      { patch: '1.27.4-alpine' },
    ],
    ['has no variant if none is there', '1.27.3', ['1.27.4-alpine', '1.27.4-bookworm'], {}],
    ['is no pre-release', 'v3.5.21', ['v3.6.0-rc.1', 'v3.6.0-alpha.0', 'v4.0.0-dev'], {}],
  ])('%s', (_what, current, offered, expected) => {
    expect(newest(versionOfImage, current, ...offered)).toEqual(expected)
  })

  test.each(['latest', 'stable', 'main-0123abc', 'v', ''])('%s is not a version', (text) => {
    expect(versionOfImage(text)).toBeUndefined()
  })
})
