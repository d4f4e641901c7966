// Renders templates as Ollama does: text/template with .System and .Messages (Role, Content).
// Reads a JSON list of {"template", "system", "messages"} and writes a JSON list of texts.
package main

import (
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

type turn struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type task struct {
	Template string `json:"template"`
	System   string `json:"system"`
	Messages []turn `json:"messages"`
}

func render(asked task) string {
	parsed, err := template.New("").Parse(asked.Template)
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	var text strings.Builder
	turns := make([]*turn, len(asked.Messages))
	for i := range asked.Messages {
		turns[i] = &asked.Messages[i]
	}
	values := map[string]any{"System": asked.System, "Messages": turns}
	if err := parsed.Execute(&text, values); err != nil {
		return "fails: " + err.Error()
	}
	return text.String()
}

func main() {
	var tasks []task
	if err := json.NewDecoder(os.Stdin).Decode(&tasks); err != nil {
		panic(err)
	}
	texts := make([]string, len(tasks))
	for i, asked := range tasks {
		texts[i] = render(asked)
	}
	if err := json.NewEncoder(os.Stdout).Encode(texts); err != nil {
		panic(err)
	}
}
