/**
 * A text as messages may show it: URLs without user, password and query, which may be a token, and headers without
 * credentials.
 */
export const withoutCredentials = (text: string): string =>
  text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s"'\\]+@/gi, '$1')
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s"'?\\]+)\?[^\s"'\\]*?(?=[:,;.]?(?:[\s"'\\]|$))/gi, '$1')
    .replaceAll(/\b(authorization|bearer|basic|token|password)(["']?\s*[:= ]\s*)(?!realm\b)\S{8,}/gi, '$1$2…')
