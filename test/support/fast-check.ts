import fc from 'fast-check'

// Every run tries the same inputs, so that no change fails by luck. SEED tries others; so does `npm run fuzz`, without end.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) })

export default fc
