/** `1 stack`, `2 stacks` */
export const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`

/** Each line once, at its first place, with a count if there are several. */
export function once(text: string): string {
  const counts = new Map<string, number>()
  for (const line of text.split('\n').filter((one) => one !== '')) counts.set(line, (counts.get(line) ?? 0) + 1)
  return [...counts].map(([line, count]) => (count === 1 ? `${line}\n` : `${line} (${count} times)\n`)).join('')
}
