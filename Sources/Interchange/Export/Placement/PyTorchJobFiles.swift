import Documents

/// A manifest of Kubeflow's PyTorchJob, `kubeflow.org/v1`: a master pod and a worker for every further node.
struct PyTorchJobFiles {
    private let plan: LaunchConfiguration

    init(_ plan: LaunchConfiguration) { self.plan = plan }

    func files() throws(ExportError) -> LaunchFiles {
        let pod = try KubernetesPod(plan, .pyTorchJob)
        let header = pod.header("Starts \(pod.count) pods of \(pod.ranksPerPod) ranks with the training operator.")
        // The operator sets RANK to the place of the pod and MASTER_ADDR to the master's service.
        let specification = pod.specification(containerName: "pytorch", rank: "$RANK", master: "$MASTER_ADDR", restart: "Never")
        func replica(_ count: Int) -> YAMLContent {
            ["replicas": .integer(count), "restartPolicy": "Never", "template": ["spec": specification]]
        }
        var replicas = [YAMLField("Master", replica(1))]
        if pod.count > 1 { replicas.append(YAMLField("Worker", replica(pod.count - 1))) }
        let document: YAMLContent = [
            "apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob", "metadata": ["name": .text(pod.jobName)],
            "spec": [
                "nprocPerNode": .text(String(pod.ranksPerPod)), "runPolicy": ["cleanPodPolicy": "None"],
                "pytorchReplicaSpecs": .mapping(replicas),
            ],
        ]
        return LaunchFiles(files: [
            LaunchFile(name: "pytorchjob.yaml", text: CommentText.lines(header) + YAMLWriter.text(document))
        ])
    }
}
