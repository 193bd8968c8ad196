import Documents

/// A manifest of Kubernetes' JobSet, `jobset.x-k8s.io/v1alpha2`: one indexed job with a pod a node.
struct JobSetFiles {
    private let plan: LaunchConfiguration

    init(_ plan: LaunchConfiguration) { self.plan = plan }

    func files() throws(ExportError) -> LaunchFiles {
        let pod = try KubernetesPod(plan, .jobSet)
        let header = pod.header("Starts \(pod.count) pods of \(pod.ranksPerPod) ranks with JobSet.")
        let specification = pod.specification(
            containerName: "trainer", rank: "$JOB_COMPLETION_INDEX", master: "\(pod.jobName)-workers-0-0.\(pod.jobName)", restart: "Never")
        let document: YAMLContent = [
            "apiVersion": "jobset.x-k8s.io/v1alpha2", "kind": "JobSet", "metadata": ["name": .text(pod.jobName)],
            "spec": [
                "network": ["enableDNSHostnames": true], "failurePolicy": ["maxRestarts": 0],
                "replicatedJobs": .list([
                    [
                        "name": "workers", "replicas": 1,
                        "template": [
                            "spec": [
                                "parallelism": .integer(pod.count), "completions": .integer(pod.count), "completionMode": "Indexed",
                                "backoffLimit": 0, "template": ["spec": specification],
                            ]
                        ],
                    ]
                ]),
            ],
        ]
        return LaunchFiles(files: [
            LaunchFile(name: "jobset.yaml", text: CommentText.lines(header) + YAMLWriter.text(document))
        ])
    }
}
