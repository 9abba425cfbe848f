import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { program } from '../cli/program.ts'
import { plan } from '../functions/hardening/plan.ts'
import { krmHardening } from './cli/lib/in-process.ts'

const root = join(__dirname, '..')
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
if (documents.length < 5) throw new Error('fewer documents than there are functions: the search is wrong')

interface Block {
  language: string
  text: string
}

const blocksOf = (markdown: string): Block[] =>
  [...markdown.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
const commands = execFileSync('node', [join(root, 'dist/cli.cjs'), '--help'], { encoding: 'utf8' })

/** Its policies come from examples that show findings, and some are refused. */
const SHOWS_MISTAKES = new Set(['docs/findings.md'])

describe.each(documents)('%s', (document) => {
  const markdown = readFileSync(join(root, document), 'utf8')

  test('names the language of every code block, and each is one that is checked here', () => {
    for (const { language, text } of blocksOf(markdown))
      expect([language, text]).toEqual([expect.stringMatching(/^(?:sh|yaml|json|text|diff|ts|ini|toml)$/), text])
  })

  test('fences every code block, so that none escapes these tests', () => {
    const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '')
    expect(prose.match(/(?<=^\s*\n) {4}\S.*$/gm) ?? []).toEqual([])
  })

  test('has YAML that parses, and policies that fit their schema', () => {
    for (const { text } of blocksOf(markdown).filter(({ language }) => language === 'yaml'))
      for (const parsed of parseAllDocuments(text)) {
        expect(parsed.errors).toEqual([])
        const object = parsed.toJS()
        if (object?.apiVersion === 'krm-hardening.dev/v1alpha1' && !SHOWS_MISTAKES.has(document)) plan(object)
      }
  })

  test('has shell that parses and calls only what is there', () => {
    for (const { text } of blocksOf(markdown).filter(({ language }) => language === 'sh')) {
      execFileSync('bash', ['-n'], { input: text })
      for (const [, script = ''] of text.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(script)
      for (const [, command = ''] of text.matchAll(/krm-hardening ([a-z]+)/g))
        expect(commands).toMatch(new RegExp(`^ +${command}\\b`, 'm'))
    }
  })

  test('links to files that are there', () => {
    for (const [, target = ''] of markdown.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g))
      expect([target, existsSync(join(root, dirname(document), target))]).toEqual([target, true])
  })
})

describe('pages show what a command prints', () => {
  const markdown = ['README.md', 'docs/flux.md'].map((page) => readFileSync(join(root, page), 'utf8')).join('\n')
  const shown = [...markdown.matchAll(/^<!-- prints: (.*) -->\n```text\n([\s\S]*?)^```$/gm)].map(
    ([, command = '', text = '']) => [command, text] as const,
  )

  test('README for its first commands, and Flux for a repository', () =>
    expect(shown.map(([command]) => command.split(' ')[0])).toEqual(['init', 'render', 'flux']))

  test.each(shown)('%s', async (command, text) => {
    const { stdout, stderr, exitCode } = await krmHardening(command.split(' '), { cwd: root })
    expect(exitCode).toBe(0)
    // A line with an ellipsis stands for lines that are left out.
    let rest = `${stdout}${stderr}`
    for (const part of text.split('…\n')) {
      expect(rest).toContain(part)
      rest = rest.slice(rest.indexOf(part) + part.length)
    }
  })
})

test('README lists every command, and no other', () => {
  const [, table = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('| Command | What it does |')
  const listed = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `(\w+)/gm)].map(([, name]) => name)
  expect(listed.sort()).toEqual(
    program(() => undefined)
      .commands.map((command) => command.name())
      .sort(),
  )
})
