/** A Deployment `name` in the namespace shop, one container with a port `http`. Its pods carry `app: <name>`. */
export const deployment = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
spec:
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
      - name: ${name}
        image: registry.example.com/${name}:v1.0.0
        ports:
        - name: http
          containerPort: 8080
`
