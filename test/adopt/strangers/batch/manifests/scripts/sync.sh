#!/bin/sh
set -eu
# see https://wiki.acme.example/sync
rates=$(curl --fail --silent https://rates.bank.example/daily.json)
curl --fail --silent --request POST --data "$rates" "http://queue:8080/v1/messages"
