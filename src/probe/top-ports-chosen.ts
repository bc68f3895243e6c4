/**
 * Ports of services that are run today and that no count at hand covers: a judgement of ours, and no measurement.
 *
 * Each group says why it is here; within a group, and from group to group, what is met more often stands first as far as we
 * know. It says nothing of how often. What was measured (top-ports-measured.ts) stands before all of these.
 */
import type { ProbeTransport } from './model.ts'

/** Windows, from Vista on, gives the first dynamic ports to its RPC services at each start (Microsoft, KB 832017 and 929851). */
const WINDOWS_RPC = [49_152, 49_153, 49_154, 49_155, 49_156, 49_157]
/** Where Linux begins to give out ports (ip_local_port_range in the kernel's ip-sysctl): RPC services without a port of their own. */
const LINUX_FIRST = [32_768, 32_769, 32_770, 32_771]

const CHOSEN_TCP: readonly (readonly number[])[] = [
  // Names and calls: domain, rpcbind, epmap, netbios-ssn.
  [53, 139, 135, 111],
  // Screens and shells: vnc, pptp, ssh on other ports, winrm.
  [5900, 1723, 2222, 5985, 5986, 5800, 5901],
  // The web on other ports.
  [
    8000, 8888, 8081, 81, 8008, 3000, 5000, 9000, 9090, 10_000, 8082, 8083, 8088, 8090, 82, 83, 88, 7000, 7001, 9443,
    8009,
  ],
  // Data: ms-sql-s, postgresql, redis, mongodb, elasticsearch, oracle, memcached, db2, cassandra, couchdb, influxdb, neo4j.
  [1433, 5432, 6379, 27_017, 9200, 1521, 11_211, 50_000, 9042, 5984, 8086, 7474, 7687, 9300, 27_018, 1434],
  // Directories and tickets: ldap, ldaps, kerberos, global catalogue, kpasswd.
  [389, 636, 88, 3268, 3269, 464, 749],
  // Files and copies: nfs, rsync, afp, iscsi, git, svn.
  [2049, 873, 548, 3260, 9418, 3690],
  // Printers: raw, ipp, lpd.
  [9100, 631, 515],
  // Speech and pictures: sip, rtsp, h.323, rtmp, skinny.
  [5060, 554, 5061, 1720, 1935, 8554, 2000],
  // Windows, and RPC without a port of its own.
  [...WINDOWS_RPC, 593, 5357, 47_001, ...LINUX_FIRST],
  // Messages: mqtt, xmpp, amqp, kafka, nats, activemq, irc.
  [1883, 8883, 5222, 5269, 5672, 5671, 9092, 4222, 61_616, 15_672, 6667, 6697, 4369],
  // Containers and their clusters: docker, kubernetes, etcd, consul, zookeeper.
  [6443, 2375, 2376, 10_250, 10_255, 2379, 2380, 8500, 2181, 5601],
  // Proxies and tunnels: squid, socks, openvpn.
  [3128, 1080, 1194, 8118],
  // Hosting panels.
  [2082, 2083, 2086, 2095, 2096, 8880],
  // Routes and the watching of machines: bgp, ldp, snmp multiplexer, zabbix, nagios, prometheus' exporter, munin.
  [179, 646, 199, 10_050, 10_051, 5666, 9100, 4949, 2601],
  // Machines and houses: modbus, s7, dnp3, ethernet/ip, bacnet, opc ua, homeassistant, plex, ios.
  [502, 102, 20_000, 44_818, 47_808, 4840, 8123, 32_400, 62_078],
  // Old ones that still answer: ident, nntp, rlogin, rsh, rexec, finger, whois, X11, echo, discard, daytime, time, chargen, gopher.
  [113, 119, 513, 514, 512, 79, 43, 6000, 6001, 7, 9, 13, 37, 19, 70, 109, 106, 563, 902],
]

const CHOSEN_UDP: readonly (readonly number[])[] = [
  // Names, time and addresses.
  [123, 137, 5353, 1900, 67, 68, 138, 5355, 546, 547],
  // Tunnels: ike, ipsec behind NAT, l2tp, openvpn, wireguard.
  [500, 4500, 1701, 1194, 51_820],
  // Management and files: tftp, rpcbind, syslog, traps, ipmi, nfs, printers.
  [69, 111, 514, 162, 623, 2049, 631],
  // Speech and the web: sip, stun, quic, its siblings.
  [5060, 3478, 443, 853, 3702, 5004, 5005],
  // Directories and tickets: kerberos, cldap, radius, kpasswd, tacacs.
  [88, 389, 1812, 1813, 464, 1645, 1646, 49],
  // Routes and overlays: rip, bfd, vxlan, gtp, sflow, netflow.
  [520, 521, 3784, 4789, 2152, 2123, 6343, 2055],
  // Small things, houses and machines.
  [5683, 5684, 5351, 177, 427, 47_808, 10_001, 44_818, 502],
  // Play and sharing.
  [27_015, 6881, 25_565, 19_132, 3074, 4672],
  // Old ones that still answer: echo, discard, daytime, quote, chargen, time, talk, who.
  [7, 19, 13, 17, 9, 37, 518, 517, 513],
  // What systems without a port of their own take.
  [...WINDOWS_RPC, ...LINUX_FIRST],
]

/** The chosen ports of a transport, each once, in order. */
export function listChosen(transport: ProbeTransport): readonly number[] {
  return [...new Set((transport === 'tcp' ? CHOSEN_TCP : CHOSEN_UDP).flat())]
}
