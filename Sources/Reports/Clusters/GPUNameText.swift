/// The name of a GPU of a node behind the word GPU.
enum GPUNameText {
    /// The number of names such as `gpu-5`, else the name.
    static func brief(_ name: String) -> String { name.hasPrefix("gpu-") ? String(name.dropFirst(4)) : name }
}
