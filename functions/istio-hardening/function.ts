import { defineFunction } from '../lib/function.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { type IstioHardeningSpec, istioHardeningSchema } from './config.ts'
import { transform } from './transform.ts'

export const istioHardening = defineFunction<IstioHardeningSpec>({
  name: 'istio-hardening',
  kind: 'IstioHardening',
  section: 'istio',
  description: '',
  schema: istioHardeningSchema,
  reads: (_spec, item) => isPodOwner(item),
  transform,
})
