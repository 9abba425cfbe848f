import type { FindingKind } from '../../lib/framework/finding.ts'

/** Findings about numbers that contradict each other. */
export const checkFindings = {
  'factor-missing': {
    severity: 'error',
    message: (places: string) =>
      `found none, expected the number of copies of each datum in this environment, for ${places}`,
    means: 'A preset or a formula needs the replication factor, and the policy gives none.',
    why: 'No value that follows from the factor can be computed.',
    fix: 'Write factor in the policy of the environment.',
  },
  'factor-not-compared': {
    severity: 'info',
    message: (factor: number, text: string) =>
      `factor ${factor} is not compared with ${text}, because a placeholder gives the number`,
    means: 'The number of replicas is a placeholder, so it cannot be compared with the factor.',
    why: 'If the substitution gives fewer replicas than copies, writes wait for members that do not exist.',
    fix: 'Let the substitution give at least as many replicas as the factor, or write a number.',
  },
  'factor-above-replicas': {
    severity: 'error',
    message: (factor: number, text: string, where: string, members: string, workload: string) =>
      `replication factor ${factor} > ${text} (${where}): each datum needs ${members}; raise it to ${factor}, or give workloads.${workload} a factor of its own with a reason`,
    means: 'A workload holds more copies of each datum than it has replicas, or than its autoscaler keeps at least.',
    why: 'A write waits for members that do not exist.',
    fix: 'Raise the replicas or the minimum of the autoscaler, or write workloads.<workload>.factor with a reason.',
  },
  'even-quorum': {
    severity: 'error',
    message: (text: string, n: number, majority: number, tolerance: number) =>
      `found ${text}, expected an odd number: of ${n} members floor(${n} / 2) + 1 = ${majority} must agree, so floor((${n} - 1) / 2) = ${tolerance} may fail, as of ${n - 1}; make it ${n - 1} or ${n + 1}`,
    means: 'Members that decide by majority are an even number.',
    why: 'An even quorum survives no more failures than one with a member less; two members survive none.',
    fix: 'Run one member more or one less. What is no quorum is exempted under quorum, with a reason.',
  },
  'wrong-member-list': {
    severity: 'error',
    message: (name: string, found: string, n: number, text: string, isOne: boolean) =>
      `${name} names ${found}, expected ${n}: ${text}; derive it (presets.etcd), or name as many${isOne ? '; workloads that form one cluster are named together under quorum' : ''}`,
    means: 'An etcd is told of more or fewer members than it has.',
    why: 'A member too many counts towards a majority that it never joins; a member that is not listed is refused by the others.',
    fix: 'Use the preset etcd, or name as many members as there are replicas.',
  },
  'copies-above-brokers': {
    severity: 'error',
    message: (key: string, copies: number, text: string, brokers: number) =>
      `${key} ${copies} > ${text}: each copy needs a broker of its own; expected at most ${brokers}`,
    means: 'A Kafka asks for more copies of a topic than it has brokers.',
    why: 'The topic cannot be created.',
    fix: 'Lower the number, run more brokers, or use the preset kafka.',
  },
  'writers-stop': {
    severity: 'error',
    message: (inSyncKey: string, least: number, copiesKey: string, all: number) =>
      `${inSyncKey} ${least} >= ${copiesKey} ${all}: ${all} - ${least} = ${all - least} brokers may be away before writers stop; expected at most ${Math.max(all - 1, 1)}`,
    means: 'A Kafka asks for as many copies in sync as there are copies.',
    why: 'The first broker that is away stops every writer.',
    fix: 'Lower min.insync.replicas below the number of copies, or use the preset kafka.',
  },
  'too-few-tikv': {
    severity: 'error',
    message: (n: number, least: number, environment: string) =>
      `found ${n} TiKV, expected at least ${least} in environment ${environment}: of ${least} copies floor(${least} / 2) + 1 = 2 must agree, and ${n} < ${least}; raise it, or write environment: dev`,
    means: 'A TidbCluster has fewer than three TiKV outside of a development environment.',
    why: 'Every region is a Raft group: with fewer than three members it survives no failure.',
    fix: 'Run at least three TiKV, or write environment: dev in the policy.',
  },
  'copies-above-tikv': {
    severity: 'error',
    message: (copies: number, text: string, n: number) =>
      `max-replicas ${copies} > ${text}: each copy of a region needs a TiKV of its own; expected at most ${n}`,
    means: 'PD is told of more copies of a region than there are TiKV.',
    why: 'The copies cannot all be placed, and PD reports every region as short of one.',
    fix: 'Lower max-replicas, run more TiKV, or use the preset tidb.',
  },
} as const satisfies Record<string, FindingKind>
