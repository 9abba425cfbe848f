/** The name of this function: in findings, and in the mark of the objects that it generates. */
export const NAME = 'replication-factor'
