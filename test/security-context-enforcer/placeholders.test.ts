import { withDefaults } from '../../functions/security-context-enforcer/pod/placeholders.ts'
import type { PodView } from '../../functions/security-context-enforcer/pod/view.ts'

/** What a value is if nobody sets a variable, wherever in a pod it is. */
function everywhere(value: unknown): unknown[] {
  const fields = { a: [{ b: value }] }
  const pod = { securityContext: fields, spec: fields, annotations: fields, volumes: [{ fields, path: ['x'] }] }
  const container = { securityContext: fields, fields }
  const after = withDefaults({ ...pod, containers: [container] } as unknown as PodView)
  expect(after.volumes[0]?.path).toEqual(['x'])
  return [
    after.securityContext,
    after.spec,
    after.annotations,
    after.volumes[0]?.fields,
    after.containers[0]?.securityContext,
    after.containers[0]?.fields,
  ].map((found) => (found as unknown as typeof fields).a[0]?.b)
}

test.each<[string, unknown]>([
  ['${A:=true}', true],
  ['${A:-Yes}', true],
  ['${A=on}', true],
  ['${A-y}', true],
  ['${A:= true }', true],
  ['${A:=false}', false],
  ['${A:=NO}', false],
  ['${A:=off}', false],
  ['${A:=n}', false],
  ['${A:=truer}', 'truer'],
  ['${A:=untrue}', 'untrue'],
  ['${A:=none}', 'none'],
  ['${A:=nullable}', 'nullable'],
  ['${A:=}', undefined],
  ['${A:=~}', undefined],
  ['${A:=null}', undefined],
  ['${A:=0}', 0],
  ['${A:=1000}', 1000],
  ['${A:=-1}', -1],
  ['${A:=+1}', 1],
  ['${A:=1x}', '1x'],
  ['${A:=x1}', 'x1'],
  ['${A:="0"}', '0'],
  ["${A:='true'}", 'true'],
  ['${A:="a\'}', '"a\''],
  ['${A:="a"b}', '"a"b'],
  ['${A:=b"a"}', 'b"a"'],
  ['${A}', '${A}'],
  ['${A/x/y}', '${A/x/y}'],
  ['$(A)', '$(A)'],
  ['x${A:=true}', 'x${A:=true}'],
])('%s is %j if nobody sets it', (text, value) => {
  for (const found of everywhere(text)) expect(found).toBe(value)
})

test('what is no placeholder stays', () => {
  for (const value of [true, 0, null, 'true']) for (const found of everywhere(value)) expect(found).toBe(value)
})
