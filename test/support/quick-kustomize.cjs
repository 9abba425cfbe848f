// Kustomize ends before collecting its garbage pays off. Without that it takes a quarter less CPU time, and 200 MB at most.
process.env.GOGC ??= 'off'
