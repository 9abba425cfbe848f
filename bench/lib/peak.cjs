// Preloaded into the measured process: prints its peak memory (KiB) as it ends.
process.on('exit', () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\n`))
