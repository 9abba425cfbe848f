// Asks a plugin for an Application, through the packages that argocd-repo-server asks it through:
//
//	ask-plugin SOURCE REPOSITORY TIMEOUT
//
// SOURCE is spec.source of the Application in JSON, REPOSITORY a checkout, TIMEOUT a duration such as 60s. Prints
// {"parameters": [what the plugin announces], "manifests": [an object in JSON each]}. The folder of the sockets is
// ARGOCD_PLUGINSOCKFILEPATH.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/argoproj/argo-cd/v3/cmpserver/apiclient"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	repository "github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/app/discovery"
	"github.com/argoproj/argo-cd/v3/util/cmp"
	"github.com/argoproj/argo-cd/v3/util/io"
)

type answer struct {
	Parameters []*repository.ParameterAnnouncement `json:"parameters"`
	Manifests  []string                            `json:"manifests"`
}

func main() {
	found, err := ask(os.Args[1], os.Args[2], os.Args[3])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func ask(sourceJSON, root, timeout string) (*answer, error) {
	limit, err := time.ParseDuration(timeout)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var source v1alpha1.ApplicationSource
	if err := json.Unmarshal([]byte(sourceJSON), &source); err != nil {
		return nil, err
	}
	env, err := environment(source)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(root, source.Path)
	connection, plugin, err := discovery.DetectConfigManagementPlugin(ctx, folder, root, source.Plugin.Name, env, nil)
	if err != nil {
		return nil, err
	}
	defer io.Close(connection)
	announced, err := announcements(ctx, plugin, folder, root, env)
	if err != nil {
		return nil, err
	}
	manifests, err := generate(ctx, plugin, folder, root, env)
	return &answer{announced, manifests}, err
}

// What argocd-repo-server sets for every plugin, as far as the source tells it.
func environment(source v1alpha1.ApplicationSource) ([]string, error) {
	env := []string{
		"ARGOCD_APP_SOURCE_REPO_URL=" + source.RepoURL,
		"ARGOCD_APP_SOURCE_PATH=" + source.Path,
		"ARGOCD_APP_SOURCE_TARGET_REVISION=" + source.TargetRevision,
	}
	parameters, err := source.Plugin.Parameters.Environ()
	return append(env, parameters...), err
}

func announcements(ctx context.Context, plugin apiclient.ConfigManagementPluginServiceClient, folder, root string, env []string) ([]*repository.ParameterAnnouncement, error) {
	stream, err := plugin.GetParametersAnnouncement(ctx)
	if err != nil {
		return nil, err
	}
	if err := cmp.SendRepoStream(ctx, folder, root, stream, env, nil); err != nil {
		return nil, err
	}
	response, err := stream.CloseAndRecv()
	return response.GetParameterAnnouncements(), err
}

func generate(ctx context.Context, plugin apiclient.ConfigManagementPluginServiceClient, folder, root string, env []string) ([]string, error) {
	stream, err := plugin.GenerateManifest(ctx)
	if err != nil {
		return nil, err
	}
	if err := cmp.SendRepoStream(ctx, folder, root, stream, env, nil); err != nil {
		return nil, err
	}
	response, err := stream.CloseAndRecv()
	return response.GetManifests(), err
}
