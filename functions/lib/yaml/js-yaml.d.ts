import type { Type } from 'js-yaml'

// The published types leave out the built-in tag types, which are part of the documented API.
declare module 'js-yaml' {
  const types: Record<'null' | 'bool' | 'int' | 'float', Type>
}
