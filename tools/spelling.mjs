// `npm run lint:spelling`: cspell on every line of the source once. Most of its time goes into lines that it has read before and
// into opening files, so it gets one file for each language, with each line where it first is.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const { files, ignorePaths, ...rules } = JSON.parse(readFileSync('cspell.json', 'utf8'))
const paths = [...files.map((glob) => `:(glob)${glob}`), ...ignorePaths.map((glob) => `:(glob,exclude)${glob}`)]
const listed = execFileSync('git', [
  'ls-files',
  '-z',
  '--cached',
  '--others',
  '--exclude-standard',
  '--deduplicate',
  '--',
  ...paths,
])

/** `.ts`: each line of such files, and where it is first. */
const languages = new Map()
for (const file of listed.toString().split('\0').filter(existsSync)) {
  const lines = languages.get(extname(file)) ?? new Map()
  languages.set(extname(file), lines)
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries())
    if (!lines.has(line)) lines.set(line, `${file}:${index + 1}`)
}

mkdirSync('node_modules/.cache', { recursive: true })
const home = mkdtempSync('node_modules/.cache/spelling-')
try {
  for (const [language, lines] of languages) writeFileSync(join(home, `lines${language}`), [...lines.keys()].join('\n'))
  writeFileSync(join(home, 'cspell.json'), JSON.stringify({ ...rules }))
  const { status, stdout, stderr } = spawnSync(
    'cspell',
    [
      '--no-progress',
      '--no-summary',
      '--no-gitignore',
      '--relative',
      '--config',
      'cspell.json',
      '--root',
      '.',
      'lines.*',
    ],
    { cwd: home, encoding: 'utf8' },
  )
  const first = (_, language, line) =>
    [...(languages.get(language)?.values() ?? [])][line - 1] ?? `lines${language}:${line}`
  process.stderr.write(`${stdout}${stderr}`.replaceAll(/^(?:\.\/)?lines(\.\w+):(\d+)/gm, first))
  process.exitCode = status ?? 1
} finally {
  rmSync(home, { recursive: true })
}
