import { writeGenerated } from './generate.ts'

writeGenerated(process.cwd())
