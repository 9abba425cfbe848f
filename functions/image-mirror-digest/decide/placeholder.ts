/** A text that is one placeholder with a default, `${IMAGE:=nginx:1.27}`. */
export interface PlaceholderWithDefault {
  /** `IMAGE` */
  variable: string
  /** What the text means if nobody fills it in. */
  default: string
  /** The same placeholder with another default. */
  with(value: string): string
}

/** Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution */
const WITH_DEFAULT = /^(\$\{(\w+):?[=-])([^${}]+)\}$/

export function placeholderWithDefault(text: string): PlaceholderWithDefault | undefined {
  const [, opening = '', variable = '', value] = WITH_DEFAULT.exec(text) ?? []
  return value === undefined ? undefined : { variable, default: value, with: (other) => `${opening}${other}}` }
}
