import { readBlockYaml } from './block-yaml.ts'

/** Loaded on first use: that takes milliseconds, and what Kustomize prints seldom needs it. */
const jsYaml = (): typeof import('./js-yaml-reader.ts') => require('./js-yaml-reader.ts')

/** Reads one YAML text as plain data that shares nothing. Throws YAMLException, which says line and column. */
export const readCanonicalYaml = (text: string): unknown => readBlockYaml(text) ?? jsYaml().readWithJsYaml(text)
