/** Does the text hold a variable that is substituted later, so that its value is not known? */
export const hasVariable = (text: string): boolean => /\$\{[^}]*\}|\$\([^)]*\)/.test(text)
