// Post-renders manifests from stdin as helm-controller does for the HelmRelease in a file. Built within the module of
// helm-controller, which keeps the package to itself. A field that the HelmRelease of that version does not have is an error.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"sigs.k8s.io/yaml"

	v2 "github.com/fluxcd/helm-controller/api/v2"
	"github.com/fluxcd/helm-controller/internal/postrender"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var release v2.HelmRelease
	if err := yaml.UnmarshalStrict(text, &release); err != nil {
		return err
	}
	rendered, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	output, err := postrender.BuildPostRenderers(&release).Run(bytes.NewBuffer(rendered))
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(output.Bytes())
	return err
}
