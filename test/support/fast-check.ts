import fc from 'fast-check'

/** What the inputs of each property are multiplied by: `npm test` tries half of them, `.ci/run` sets 10, see CONTRIBUTING.md. */
const FACTOR = Number(process.env.PROPERTY_FACTOR ?? 0.5)
if (!(FACTOR > 0)) throw new Error(`PROPERTY_FACTOR=${process.env.PROPERTY_FACTOR}: expected a number above 0`)

/** How many inputs a property tries, where PROPERTY_FACTOR=1 is `inputs`. */
export const runs = (inputs: number): number => Math.ceil(inputs * FACTOR)

// Every run tries the same inputs, so that no change fails by luck. SEED tries others; so does `npm run fuzz`, without end.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1), numRuns: runs(25) })

export default fc
