import { describe, expect, test } from '@jest/globals'
import { catalog } from '../../functions/catalog.ts'
import { plan } from '../../functions/hardening/plan.ts'
import type { Step } from '../../functions/lib/framework/function.ts'
import { type Fields, isFields, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { readPeopleItem } from '../../functions/lib/yaml/round-trip.ts'
import fc, { runs } from '../support/fast-check.ts'
import { anyBuild, anyHardening, bystander, concerned, named } from '../support/kubernetes-objects.ts'
import { asOfKustomize, itemsOf, listOfItems, withoutIds } from '../support/resource-lists.ts'
import { inStyle, STYLES } from '../support/yaml-styles.ts'

// What holds for every build, every policy and every way to write YAML.

type Write = (object: KubernetesObject, index: number) => string
/** A style for each object of a build. */
const people: fc.Arbitrary<Write> = fc
  .array(fc.constantFrom(...Object.keys(STYLES)), { minLength: 7, maxLength: 7 })
  .map((styles) =>
    Object.assign((object: KubernetesObject, index: number) => inStyle(styles[index % styles.length] ?? '', object), {
      [fc.toStringMethod]: () => styles.join(', '),
    }),
  )
const kustomize: fc.Arbitrary<Write> = fc.constant(asOfKustomize)
const anyWrite = fc.oneof(people, kustomize)

const RUNS = { numRuns: runs(15) }

const harden = (items: readonly string[], policy: object, steps: (config: unknown) => Step[] = plan) =>
  run(listOfItems(items, 'Hardening', policy), steps)

/** The objects of an answer, in an order that depends on them alone. */
const objectsOf = (items: string): string[] =>
  items
    .split(/^(?=- |-\r?$)/m)
    .filter((item) => /^-\s/.test(item))
    .map((item) => JSON.stringify(sorted(readPeopleItem(item).object)))
    .sort()

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}

/** Checks a property of the accepted builds, and that enough builds are accepted. */
async function forAccepted(
  property: (build: KubernetesObject[], policy: Fields, write: Write, items: string) => Promise<void>,
): Promise<void> {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(anyBuild, anyHardening, anyWrite, async (build, policy, write) => {
      const answer = await harden(build.map(write), policy)
      expect([0, 1]).toContain(answer.exitCode)
      if (answer.exitCode !== 0) return
      accepted++
      await property(build, policy, write, itemsOf(answer.stdout))
    }),
    RUNS,
  )
  expect(accepted).toBeGreaterThan(RUNS.numRuns / 3)
}

describe('what no function touches comes back byte for byte', () => {
  const mixed = fc
    .tuple(fc.array(bystander, { minLength: 1, maxLength: 4 }), fc.array(concerned, { maxLength: 2 }))
    .map(([bystanders, others]) => ({
      objects: named([...bystanders, ...others], false),
      bystanders: bystanders.length,
    }))

  test.each<[string, fc.Arbitrary<Write>, (item: string) => string]>([
    ['to people and kpt, in every style', people, (item) => item],
    ['to Kustomize, but for the annotations that it need not find again', kustomize, withoutIds],
  ])('%s', async (_, anyone, expected) => {
    await fc.assert(
      fc.asyncProperty(mixed, anyHardening, anyone, async ({ objects, bystanders }, policy, write) => {
        const items = objects.map(write)
        const { stdout, exitCode } = await harden(items, policy)
        expect([0, 1]).toContain(exitCode)
        if (exitCode !== 0) return
        for (const item of items.slice(0, bystanders)) expect(stdout).toContain(expected(item))
      }),
      RUNS,
    )
  })
})

test('a second run changes nothing', () =>
  forAccepted(async (_build, policy, _write, items) => {
    const again = await harden([items], policy)
    expect(itemsOf(again.stdout)).toBe(items)
  }))

test('the order of the items changes none of the objects', () =>
  forAccepted(async (build, policy, write, items) => {
    const written = build.map(write)
    const backwards = await harden(written.toReversed(), policy)
    expect(objectsOf(itemsOf(backwards.stdout))).toEqual(objectsOf(items))
  }))

test('the style changes none of the objects', () =>
  forAccepted(async (build, policy, write, items) => {
    if (write === asOfKustomize) return
    const json = await harden(
      build.map((object) => `- ${JSON.stringify(object)}\n`),
      policy,
    )
    expect(objectsOf(itemsOf(json.stdout))).toEqual(objectsOf(items))
  }))

test('validation of what was hardened is clean', () =>
  forAccepted(async (_build, policy, _write, items) => {
    const { exitCode, stderr } = await harden([items], { ...policy, mode: 'validate' })
    expect(stderr).not.toContain('error: ')
    expect(exitCode).toBe(0)
  }))

test('Hardening is the five functions in sequence', () =>
  forAccepted(async (build, policy, write, items) => {
    let text = build.map(write).join('')
    for (const { kind, section } of catalog) {
      const { stdout, exitCode } = await run(listOfItems([text], kind, policy[section] as object), plan)
      expect(exitCode).toBe(0)
      text = itemsOf(stdout)
    }
    expect(objectsOf(text)).toEqual(objectsOf(items))
  }))

test('a function would not act on anything that it does not read', () =>
  forAccepted(async (build, policy, write, items) => {
    const reader = (step: Step): Step => ({ ...step, function: { ...step.function, reads: () => true } })
    const opened = await harden(build.map(write), policy, (config) => plan(config).map(reader))
    expect(itemsOf(opened.stdout)).toBe(items)
  }))
