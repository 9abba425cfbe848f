#!/bin/sh
kubectl get jobs --output name | xargs kubectl delete
