// Prints what Pod Security admission finds at level restricted in the pod templates on stdin, a JSON list of objects with
// metadata and spec, and a name. Built within the module of the admission itself.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type template struct {
	Name string `json:"name"`
	corev1.PodTemplateSpec
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var templates []template
	if err := json.NewDecoder(os.Stdin).Decode(&templates); err != nil {
		return err
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return err
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, template := range templates {
		for _, result := range evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec) {
			if !result.Allowed {
				fmt.Printf("%s: %s: %s\n", template.Name, result.ForbiddenReason, result.ForbiddenDetail)
			}
		}
	}
	return nil
}
