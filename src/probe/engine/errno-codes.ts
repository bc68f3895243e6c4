/** What an error of the system's calls on sockets means for a probe, by its number in `CODE_OF` (connect(2), icmp(7)). */
import { ERRNO } from './libc.ts'
import { BY_OTHERS, CODE_OF } from './reasons.ts'

/** What an error means that comes before anything can have been sent. */
export function localCodeOf(error: number): number {
  switch (error) {
    case ERRNO.EMFILE:
    case ERRNO.ENFILE:
      return CODE_OF['no-descriptor']
    case ERRNO.ENETUNREACH:
    case ERRNO.EHOSTUNREACH:
    // A black hole (`ip route add blackhole`), and a zone that is no interface.
    case ERRNO.EINVAL:
      return CODE_OF['no-route']
    case ERRNO.ECONNRESET:
      return CODE_OF.reset
    default:
      return CODE_OF['send-failed']
  }
}

/** What an error means that came after the attempt was sent, where the queue does not say more. */
export function remoteCodeOf(error: number): number {
  switch (error) {
    case ERRNO.ECONNREFUSED:
      return CODE_OF['conn-refused']
    case ERRNO.ECONNRESET:
    case ERRNO.ECONNABORTED:
      return CODE_OF.reset
    case ERRNO.ENETUNREACH:
      return CODE_OF['net-unreach'] + BY_OTHERS
    case ERRNO.EHOSTUNREACH:
    case ERRNO.EHOSTDOWN:
      return CODE_OF['host-unreach'] + BY_OTHERS
    case ERRNO.ENOPROTOOPT:
    case ERRNO.EPROTO:
      return CODE_OF['proto-unreach'] + BY_OTHERS
    case ERRNO.EACCES:
      return CODE_OF['admin-prohibited'] + BY_OTHERS
    default:
      return CODE_OF['send-failed']
  }
}
