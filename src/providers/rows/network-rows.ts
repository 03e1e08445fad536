// What Node, OpenSSL, curl and their kin say when no answer came at all. Matched anywhere in a text:
// each tool words it in its own way, and what happened is the same.

import type { ExplainRow } from '../../core/provider.ts'
import { TLS_ROWS } from './tls-rows.ts'

const service = 'the network'

const REACH_ROWS: readonly ExplainRow[] = [
  {
    service,
    text: '\\bECONNREFUSED\\b|connection refused|curl: \\(7\\)|failed to connect to',
    means: 'the host is there, and nothing listens on that port',
    why: ['the service is not running', 'the port is wrong', 'a firewall refuses it'],
    fix: ['curl -v https://HOST:PORT/', 'check the port of token_endpoint or base_url'],
    class: 'unavailable',
  },
  {
    service,
    text: '\\bE(NOTFOUND|AI_AGAIN|AI_NONAME)\\b|getaddrinfo|curl: \\(6\\)|could not resolve host|name or service not known|name resolution|nodename nor servname|UnknownHostException|no such host',
    means: 'the name of the host leads nowhere',
    why: [
      'a mistyped host',
      'the name is known inside a VPN or company network only',
      'no network, or no name server (EAI_AGAIN)',
    ],
    fix: [
      'getent hosts HOST',
      'connect the VPN, or set HTTPS_PROXY where names resolve at a proxy',
    ],
    class: 'unavailable',
  },
  {
    service,
    text: '\\b(ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)\\b|curl: \\(28\\)|(connect|connection|read|operation|request) timed out|timeout of \\d+ ?ms exceeded|SocketTimeoutException|ReadTimeout|ConnectTimeout',
    means: 'nothing came back in time',
    why: [
      'a firewall drops the packets',
      'a VPN or proxy is wanted on the way',
      'the service is overloaded',
    ],
    fix: ['curl -v --max-time 20 https://HOST/', 'export HTTPS_PROXY=http://PROXY:PORT'],
    class: 'unavailable',
  },
  {
    service,
    text: '\\b(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)\\b|no route to host|network is unreachable',
    means: 'there is no way from this machine to that address',
    why: ['no network, or a VPN that is down', 'an IPv6 address without IPv6'],
    fix: 'connect the network or VPN; curl -4 -v https://HOST/ tells whether it is IPv6',
    class: 'unavailable',
  },
  {
    service,
    text: 'curl: \\(5\\)|could not resolve proxy|proxy (connect|authentication required|tunnel)|tunneling socket could not|ProxyError|ERR_PROXY|received http code \\d+ from proxy',
    means: 'the proxy on the way did not let the call through',
    why: [
      'its name or port is wrong',
      'it wants a user and password',
      'it does not allow the host',
    ],
    fix: ['env | grep -i _proxy', 'export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'],
    class: 'unavailable',
  },
]

const CUT_ROWS: readonly ExplainRow[] = [
  {
    service,
    text: '\\b(ECONNRESET|EPIPE|UND_ERR_SOCKET)\\b|socket hang up|other side closed|connection reset|curl: \\((18|52|55|56)\\)|empty reply from server|unexpected eof|remote end closed',
    means: 'the other side ended the connection in the middle',
    why: [
      'a firewall or proxy that does not like the call',
      'http spoken to a port that wants https',
      'the service was restarted',
    ],
    fix: ['try again', 'curl -v https://HOST/'],
    class: 'unavailable',
  },
  {
    service,
    text: '\\bERR_INVALID_URL\\b|invalid url|curl: \\(3\\)|no host part in the url|only absolute urls are supported|MissingSchema',
    means: 'the address is no URL',
    why: [
      'https:// is missing in front',
      'a variable in it is empty',
      'a space or line break in it',
    ],
    fix: 'print the address before the call; it must begin with https:// and a host',
    class: 'refused',
  },
  {
    service,
    text: '\\bHPE_[A-Z_]+\\b|parse error: expected http|curl: \\(1\\)|received http/0\\.9|malformed http',
    means: 'what answers on that port does not speak HTTP',
    fix: 'check the port: curl -v http://HOST:PORT/',
    class: 'unusable',
  },
  {
    service,
    text: '^(typeerror: )?fetch failed|failed to fetch|network ?error$',
    means: 'no answer came; the reason stands in the cause of this error, which was not pasted',
    fix: 'in the code: print error.cause, or run it with curl -v to see how far it comes',
    class: 'unavailable',
  },
]

export const NETWORK_ROWS: readonly ExplainRow[] = [...TLS_ROWS, ...REACH_ROWS, ...CUT_ROWS]
