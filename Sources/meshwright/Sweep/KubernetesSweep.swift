import Documents
import Foundation
import Quantities
import Reports

/// An indexed Job of Kubernetes that searches a study in parts, each with a store of its own on a volume that all share.
struct KubernetesSweep {
    let parts: SweepParts

    /// Writes the manifest into a folder, and says what to do with it.
    func write(to folder: String) throws -> String {
        let manifest = "\(try parts.folder(folder))/sweep.yaml"
        let text = try TextFile.read(path: parts.study)
        try AtomicFile.write(Array(Self.header.utf8) + Array(documents(text).utf8), to: manifest)
        return """
            kubectl apply -f \(manifest)
            kubectl wait --for=condition=complete --timeout=-1s job/meshwright-sweep
            # then, where the volume is mounted:
            meshwright sweep gather \(URL(filePath: parts.study).lastPathComponent) shard-*.sqlite --store whole.sqlite
            """
    }

    private static let header = """
        # Searches a study in parts; a part that is started again goes on where it was stopped.
        # Name an image that holds meshwright \(ToolVersion.current), and a volume claim that many pods may write to (ReadWriteMany).
        # Models and clusters that the study names by path have to lie on the volume, in the folder it is mounted at.

        """

    private func documents(_ text: String) -> String {
        let cores = parts.cores
        let configuration: YAMLContent = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "meshwright-study"], "data": ["study.yaml": .text(text)],
        ]
        let script =
            "exec meshwright sweep /study/study.yaml --shard $((JOB_COMPLETION_INDEX + 1))/\(parts.shards) --threads \(cores) "
            + "--store /sweep/shard-$JOB_COMPLETION_INDEX.sqlite --format csv"
        let container: YAMLContent = [
            "name": "sweep", "image": "meshwright", "workingDir": "/sweep", "command": .list(["sh", "-c"]), "args": .list([.text(script)]),
            "resources": [
                "requests": ["cpu": .text("\(cores)"), "memory": "1Gi"], "limits": ["memory": "1Gi"],
            ],
            "volumeMounts": .list([["name": "study", "mountPath": "/study"], ["name": "sweep", "mountPath": "/sweep"]]),
        ]
        let pod: YAMLContent = [
            "restartPolicy": "OnFailure", "containers": .list([container]),
            "volumes": .list([
                ["name": "study", "configMap": ["name": "meshwright-study"]],
                ["name": "sweep", "persistentVolumeClaim": ["claimName": "meshwright-sweep"]],
            ]),
        ]
        let job: YAMLContent = [
            "apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "meshwright-sweep"],
            "spec": [
                "completions": .integer(parts.shards), "parallelism": .integer(parts.shards), "completionMode": "Indexed",
                "backoffLimit": .integer(6 * parts.shards), "template": ["spec": pod],
            ],
        ]
        return YAMLWriter.text(configuration) + "---\n" + YAMLWriter.text(job)
    }
}
