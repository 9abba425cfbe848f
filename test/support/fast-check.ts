import fc from 'fast-check'

/** Inputs that a property tries for each that it tries in `npm test`. `.ci/run` sets it, see CONTRIBUTING.md. */
const FACTOR = Number(process.env.PROPERTY_FACTOR ?? 1)
if (!(FACTOR >= 1)) throw new Error(`PROPERTY_FACTOR=${process.env.PROPERTY_FACTOR}: expected a number of at least 1`)

/** How many inputs a property tries, which is `inputs` in `npm test`. */
export const runs = (inputs: number): number => Math.ceil(inputs * FACTOR)

// Every run tries the same inputs, so that no change fails by luck. SEED tries others; so does `npm run fuzz`, without end.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1), numRuns: runs(25) })

export default fc
