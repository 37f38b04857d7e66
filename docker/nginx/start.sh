#!/bin/sh
# nginx does not read /etc/resolv.conf, and where the name server of a network is differs from engine to engine. Only the
# first one knows the services.
set -eu
server=$(awk '$1 == "nameserver" { print index($2, ":") ? "[" $2 "]" : $2; exit }' /etc/resolv.conf)
echo "resolver $server valid=1s ipv6=off;" > /tmp/resolver.conf
exec nginx -c /etc/onet-skill-gap/nginx.conf -g 'daemon off;'
