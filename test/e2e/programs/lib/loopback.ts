import { randomInt } from 'node:crypto'

/** A name that the cluster's DNS would resolve. */
const CLUSTER_NAME = /(?:[a-z0-9-]+\.)+svc\.cluster\.local\b\.?/g

/**
 * Stands in for the cluster's DNS: gives each host a loopback address of its own, so that ports stay what they are. The
 * network is chosen at random, because several test runs share a machine; Linux answers on all of 127.0.0.0/8.
 */
export class Loopback {
  readonly #network = `127.${randomInt(1, 255)}.${randomInt(256)}`
  readonly #hosts: string[] = []

  /** The address of a host: always the same, and no other host's. */
  address(host: string): string {
    const name = host.replace(/\.$/, '')
    if (!this.#hosts.includes(name)) this.#hosts.push(name)
    return `${this.#network}.${this.#hosts.indexOf(name) + 1}`
  }

  /** A text with the address in place of every name of the cluster. */
  resolve(text: string): string {
    return text.replaceAll(CLUSTER_NAME, (name) => this.address(name))
  }
}
