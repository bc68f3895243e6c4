/** From where a listener can be reached, the most reachable first; for the server and for the islands, so without anything of Node. */
export const REACHES = ['everywhere', 'network', 'namespace', 'machine'] as const
