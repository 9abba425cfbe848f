// The server of Argo CD that stands in a plugin's sidecar, on its own: Argo CD ships it as one of the names of its one program.
package main

import (
	"os"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
)

func main() {
	if commands.NewCommand().Execute() != nil {
		os.Exit(1)
	}
}
