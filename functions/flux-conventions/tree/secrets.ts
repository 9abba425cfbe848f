import { isFields, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { hasVariable } from '../schemas/variable.ts'

/** How SOPS writes a value. Source: https://getsops.io/docs/ */
const SOPS = 'ENC[AES256_GCM'

/** Is this what SOPS wrote? A Secret that is generated from an encrypted file has it in base64. */
export const isEncrypted = (object: KubernetesObject): boolean =>
  isFields(object.sops) ||
  [...valuesIn(object.stringData), ...valuesIn(object.data), ...valuesIn(object.data).map(decoded)].some((text) =>
    text.includes(SOPS),
  )

/** Does the Secret hold a value that can be read? The value of a variable is not in Git. */
export const hasLiterals = (object: KubernetesObject): boolean =>
  [...valuesIn(object.stringData), ...valuesIn(object.data)].some(
    (text) => text !== '' && !hasVariable(text) && !hasVariable(decoded(text)),
  )

const valuesIn = (data: unknown): string[] =>
  isFields(data) ? Object.values(data).filter((value) => typeof value === 'string') : []

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')
