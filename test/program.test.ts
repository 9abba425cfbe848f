import { plan } from '../functions/hardening/plan.ts'
import { run } from '../functions/lib/runner/run.ts'
import { program } from '../functions/program.ts'
import type { Descriptors } from '../functions/stdio.ts'
import { toResourceList } from './support/examples.ts'

// The program, with descriptors that are files, pipes and closed ends, without a process of its own.

const POLICY = 'apiVersion: krm-hardening.dev/v1alpha1\nkind: SecurityContextEnforcer\nmetadata: {name: policy}\n'
const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec:\n  containers: [{name: a, image: "é"}]\n'
const LIST = toResourceList(POD, POLICY)

const failing = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code })

/** Runs the program on a stdin that comes in parts; an Error is what a read of it answers. */
async function runOn(
  parts: readonly (Uint8Array | Error)[],
  takes: (fd: number, rest: Uint8Array) => number = (_, { length }) => length,
): Promise<{ exitCode: number; stdout: string; stderr: string; order: number[] }> {
  const left = [...parts]
  const written: Record<number, Uint8Array[]> = { 1: [], 2: [] }
  const order: number[] = []
  const descriptors: Descriptors = {
    readSync(fd, chunk) {
      const part = left.shift()
      if (part instanceof Error) throw part
      if (fd !== 0 || part === undefined) return 0
      chunk.set(part)
      return part.length
    },
    writeSync(fd, rest) {
      const length = takes(fd, rest)
      written[fd]?.push(Uint8Array.from(rest.subarray(0, length)))
      order.push(fd)
      return length
    },
  }
  const exitCode = await program(descriptors)
  const text = (fd: number) => Buffer.concat(written[fd] ?? []).toString()
  return { exitCode, stdout: text(1), stderr: text(2), order }
}

/** Bytes in parts of that length, so that a part ends in the middle of a character. */
const inParts = (text: string, length: number): Uint8Array[] => {
  const bytes = Buffer.from(text)
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, n) =>
    bytes.subarray(n * length, (n + 1) * length),
  )
}

let expected: { stdout: string; stderr: string }
beforeAll(async () => {
  expected = await run(LIST, plan)
})

test('answers on stdout and stderr what the functions answer', async () => {
  expect(expected.stdout).toContain('runAsNonRoot: true')
  expect(await runOn([Buffer.from(LIST)])).toEqual({
    exitCode: 0,
    stdout: expected.stdout,
    stderr: expected.stderr,
    order: [2, 1],
  })
})

test('reads all of a pipe that gives little at a time, and asks again where there is nothing yet', async () => {
  const parts = inParts(LIST, 7).flatMap((part, index) => (index % 20 === 0 ? [failing('EAGAIN'), part] : [part]))
  expect(await runOn(parts)).toMatchObject({ exitCode: 0, stdout: expected.stdout })
})

test('writes all into a pipe that takes little at a time, and tries again where it is full', async () => {
  let calls = 0
  const few = (_fd: number, { length }: Uint8Array): number => {
    calls += 1
    if (calls % 50 === 1) throw failing('EAGAIN')
    return Math.min(length, 7)
  }
  expect(await runOn([Buffer.from(LIST)], few)).toMatchObject({
    exitCode: 0,
    stdout: expected.stdout,
    stderr: expected.stderr,
  })
})

test.each<[what: string, parts: (Uint8Array | Error)[], exitCode: number, id: string]>([
  ['a stdin that is a folder', [failing('EISDIR')], 2, 'input/unreadable'],
  ['a stdin that ends in the middle', [Buffer.from('apiVersion: '), failing('EIO')], 2, 'input/unreadable'],
  ['no ResourceList', [Buffer.from('kind: Pod\n')], 2, 'input/'],
  [
    'what the functions refuse',
    [Buffer.from(toResourceList(POD.replace('spec:', 'spec:\n  hostNetwork: true'), POLICY))],
    1,
    'security-context-enforcer/',
  ],
])('says why for %s, and prints nothing', async (_, parts, code, id) => {
  const { exitCode, stdout, stderr } = await runOn(parts)
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
  expect(stderr).toContain(`error: ${id}`)
})

test('names the cause if stdin cannot be read', async () => {
  expect((await runOn([failing('EISDIR')])).stderr).toContain('EISDIR: it failed')
})

describe('ends with exit code 2 where stdout cannot be written', () => {
  const refusing = (code: string) =>
    runOn([Buffer.from(LIST)], (fd, { length }) => {
      if (fd === 1) throw failing(code)
      return length
    })

  test('without a word if its reader went away', async () => {
    expect(await refusing('EPIPE')).toMatchObject({ exitCode: 2, stdout: '', stderr: expected.stderr })
  })

  test('and names the cause otherwise, such as a full disk', async () => {
    const { exitCode, stderr } = await refusing('ENOSPC')
    expect(exitCode).toBe(2)
    expect(stderr.replace(expected.stderr, '')).toMatch(/^error: runner\/unwritable: .*ENOSPC: it failed.*\n$/)
  })
})
