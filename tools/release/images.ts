/** The images of a release, under the names that they are published by, and the bundles that each holds. */
export const IMAGES = {
  'krm-hardening': ['functions'],
  'krm-hardening-argocd': ['argocd', 'cli', 'functions'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type ImageName = keyof typeof IMAGES

export const isImageName = (name: string): name is ImageName => Object.hasOwn(IMAGES, name)
